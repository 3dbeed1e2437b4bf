"""How strong the evidence of a finding is, by published rules; reporting checklists."""
