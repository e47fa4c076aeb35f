<?php
// The service that it answers.
$metadata['https://enkrat.example/saml'] = [
    'AssertionConsumerService' => 'https://enkrat.example/saml/acs',
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    'simplesaml.nameidattribute' => 'uid',
    'saml20.sign.response' => true,
    'saml20.sign.assertion' => true,
];
