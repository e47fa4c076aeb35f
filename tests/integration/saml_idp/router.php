<?php
// For PHP's own web server: /simplesaml/<script>.php/<rest> is a script of SimpleSAMLphp and its PATH_INFO.
$root = '/usr/share/simplesamlphp/www/';
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (!preg_match('#^/simplesaml/((?:[a-z0-9]+/)*[a-zA-Z0-9_-]+\.php)(/.*)?$#', $path, $parts)) {
    http_response_code(404);
    return true;
}
$script = $root . $parts[1];
if (!is_file($script)) {
    http_response_code(404);
    return true;
}
$_SERVER['SCRIPT_NAME'] = '/simplesaml/' . $parts[1];
$_SERVER['PHP_SELF'] = $path;
$_SERVER['SCRIPT_FILENAME'] = $script;
if (isset($parts[2])) {
    $_SERVER['PATH_INFO'] = $parts[2];
} else {
    unset($_SERVER['PATH_INFO']);
}
chdir(dirname($script));
require $script;
