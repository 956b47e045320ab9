"""The selection (採択): decisions, the adoption list, the sponsor's agreement."""
