#!/usr/bin/env python3
"""The layer check finds what it is for."""
import unittest

import check_layers


def complaints(folder, name, text):
    return list(check_layers.check_file(folder, name, text))


class CheckLayersTest(unittest.TestCase):
    def test_include_upwards_is_found(self):
        self.assertEqual(
            complaints("common", "a.cc", '#include "hsm/module.h"\n'),
            ["common/a.cc:1: common may not include hsm/module.h"],
        )

    def test_include_between_siblings_is_found(self):
        self.assertTrue(complaints("ca", "a.cc", '#include "store/ledger.h"\n'))

    def test_include_downwards_is_allowed(self):
        self.assertFalse(complaints("signer", "a.cc", '#include "hsm/module.h"\n'))

    def test_cryptoki_outside_hsm_is_found(self):
        self.assertTrue(complaints("signer", "a.cc", "#include <p11-kit-1/p11-kit/pkcs11.h>\n"))

    def test_grpc_in_signer_is_found(self):
        self.assertTrue(complaints("signer", "a.cc", "#include <grpcpp/grpcpp.h>\n"))

    def test_heavy_header_in_a_header_is_found(self):
        self.assertTrue(complaints("server", "a.h", "#include <boost/asio.hpp>\n"))
        self.assertFalse(complaints("server", "a.cc", "#include <boost/asio.hpp>\n"))

    def test_named_exception_is_allowed(self):
        self.assertFalse(complaints("cli", "a.cc", '#include "server/settings.h"\n'))
        self.assertTrue(complaints("cli", "a.cc", '#include "server/daemon.h"\n'))


if __name__ == "__main__":
    unittest.main()
