"""Methods other than designs, one file each; the folder is the registry."""
