<?php
// Who can log in, and what is said of them.
$config = [
    'people' => [
        'exampleauth:UserPass',
        'ana:correct' => [
            'uid' => ['ana-0001'],
            'urn:oid:2.5.4.42' => ['Ana Marija'],
            'urn:oid:2.5.4.4' => ['Žnidaršič & Novak'],
            'country' => ['SI'],
        ],
    ],
];
