<?php
// SimpleSAMLphp as an identity provider of the integration tests: what differs from run to run comes from the
// environment (tests/integration/saml_provider.cc).
$folder = getenv('ENKRAT_SAML_FOLDER');
$config = [
    'baseurlpath' => getenv('ENKRAT_SAML_URL') . '/simplesaml/',
    'certdir' => $folder . '/',
    'loggingdir' => $folder . '/',
    'datadir' => $folder . '/',
    'tempdir' => $folder . '/tmp',
    'metadatadir' => __DIR__ . '/metadata/',
    'timezone' => 'UTC',
    'secretsalt' => getenv('ENKRAT_SAML_SALT'),
    'auth.adminpassword' => getenv('ENKRAT_SAML_SALT'),
    'technicalcontact_name' => 'Nobody',
    'technicalcontact_email' => 'nobody@example.org',
    'admin.checkforupdates' => false,
    'logging.level' => SimpleSAML\Logger::WARNING,
    'logging.handler' => 'errorlog',
    'enable.saml20-idp' => true,
    'module.enable' => ['core' => true, 'saml' => true, 'exampleauth' => true],
    'session.cookie.secure' => false,
    'session.phpsession.savepath' => $folder,
    'store.type' => 'phpsession',
    'language.available' => ['en'],
    'language.default' => 'en',
    'metadata.sources' => [['type' => 'flatfile']],
    'metadata.sign.enable' => true,
    'metadata.sign.privatekey' => 'metadata.key',
    'metadata.sign.certificate' => 'metadata.crt',
];
