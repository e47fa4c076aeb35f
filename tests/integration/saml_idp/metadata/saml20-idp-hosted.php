<?php
// The provider itself.
$metadata['__DYNAMIC:1__'] = [
    'host' => '__DEFAULT__',
    'privatekey' => getenv('ENKRAT_SAML_KEY') . '.key',
    'certificate' => getenv('ENKRAT_SAML_KEY') . '.crt',
    'auth' => 'people',
    'authproc' => [
        10 => [
            'class' => 'saml:AttributeNameID',
            'attribute' => 'uid',
            'Format' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        ],
        20 => [
            'class' => 'saml:AuthnContextClassRef',
            'AuthnContextClassRef' => 'http://eidas.europa.eu/LoA/high',
        ],
    ],
];
