"""One file a command: what it does once the command line has been read. Imported only when it is called."""
