"""Costs and benefits by payer, discounted, with the uncertainty of the effect."""
