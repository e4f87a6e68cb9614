"""What the commands on people's own files do, without the words and options of ``denim``."""
