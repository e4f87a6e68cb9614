# Fails unless the kernel object defines exactly one symbol that others can see: its table.
execute_process(COMMAND ${NM} -C --defined-only --extern-only ${OBJECT} OUTPUT_VARIABLE listing COMMAND_ERROR_IS_FATAL ANY)
string(STRIP "${listing}" listing)
if(NOT listing MATCHES "^[0-9a-f]+ [DR] denim::${TABLE}$")
  message(FATAL_ERROR "Kernels must define denim::${TABLE} alone. They define:\n${listing}")
endif()
