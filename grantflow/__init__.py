"""grantflow: runs a public call for model projects (公募型モデル調査事業)."""
