"""Event selections: which events of a NanoAOD file count, and what is measured in them.

`lepton_jets` has the selection of the Analysis Grand Challenge, `dimuon` the Z peak. Nothing is imported
here, for `analysis.corrections` needs `columns` and `lepton_jets` needs the corrections.
"""
