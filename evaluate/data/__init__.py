"""Sources, dictionary, validation, and the Sample that designs see."""
