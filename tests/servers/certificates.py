"""Makes certificates for tests into a directory: one authority, one for localhost, one for another name, a stranger's."""

import sys
from pathlib import Path

import trustme

into = Path(sys.argv[1])
ours, strange = trustme.CA(), trustme.CA()
ours.cert_pem.write_to_path(into / "ca.pem")
for name, authority, host in [
    ("right", ours, "localhost"),
    ("other-name", ours, "elsewhere.example"),
    ("stranger", strange, "localhost"),
]:
    certificate = authority.issue_cert(host)
    certificate.cert_chain_pems[0].write_to_path(into / f"{name}.pem")
    certificate.private_key_pem.write_to_path(into / f"{name}.key")
