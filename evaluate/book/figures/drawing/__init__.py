"""What all figures share: the sheet, scales, words and what is read from a finding."""
