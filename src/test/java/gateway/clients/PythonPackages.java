package gateway.clients;

import gateway.clients.ClientContract.Sample;

/** A handful of wheels that fit every Python. */
final class PythonPackages {

    static final Sample SAMPLE = new Sample(
            "/idna-3.10-py3-none-any.whl",
            "946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3",
            "idna/core.py");

    /** As requirements with the hashes that the registry publishes. */
    static final String HASHED = """
            click==8.1.8 --hash=sha256:63c132bbbed01578a06712a2d1f497bb62d9c1c0d329b7903a866228027263b2
            idna==3.10 --hash=sha256:946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3
            packaging==24.2 --hash=sha256:09abb1bccd265c01f4a3aa3f7a7db064b36514d2cba19a2f694fe6150451a759
            """;

    private PythonPackages() {}
}
