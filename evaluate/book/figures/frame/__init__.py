"""What all figures share: palette, canvas, axes, words and the reading of a finding."""
