import OCI
import Testing

@Suite struct RegistryHostTests {
    @Test(
        arguments: [
            ("docker.io", "docker.io"), ("Registry.Hub.Docker.com", "docker.io"),
            ("docker.foo.bar.com", "docker.foo.bar.com"),
            ("Quay.io:443", "quay.io"), ("quay.io:80", "quay.io:80"), ("[0:0:0:0:0:0:0:1]:5000", "[::1]:5000"),
        ]
    )
    func hasOneIdentity(typed: String, canonical: String) throws {
        #expect(try RegistryHost(parsing: typed).canonical() == canonical)
    }

    @Test(
        arguments: [
            ("localhost", .loopback), ("registry.localhost:5000", .loopback), ("127.0.0.1", .loopback),
            ("127.255.255.254:1", .loopback), ("0.0.0.0", .loopback), ("[::1]", .loopback), ("[::]", .loopback),
            ("[::ffff:127.0.0.1]", .loopback), ("169.254.169.254", .linkLocal), ("[fe80::1]", .linkLocal),
            ("100.100.100.200", .linkLocal), ("[fd00:ec2::254]", .linkLocal), ("[64:ff9b::a9fe:a9fe]", .linkLocal),
            ("[64:ff9b::7f00:1]", .ownAddress), ("100.100.100.201", .other), ("[fd00:ec2::253]", .other),
            ("[febf::1]", .linkLocal), ("[::ffff:169.254.1.1]", .linkLocal), ("[fec0::1]", .other),
            ("[::2]", .ownAddress),
            ("10.0.0.1", .other), ("128.0.0.1", .other), ("169.253.0.1", .other), ("localhost.example.org", .other),
            ("quay.io", .other), ("224.0.0.1", .multicast), ("239.255.255.255", .multicast),
            ("223.255.255.255", .other),
            ("240.0.0.1", .other), ("255.255.255.255", .multicast), ("[ff02::1]", .multicast),
            ("[::ffff:224.0.0.1]", .multicast), ("[::127.0.0.1]", .ownAddress), ("[::169.254.169.254]", .linkLocal),
            ("[::10.0.0.1]", .other), ("[2002:7f00:1::1]", .ownAddress), ("[2002:a9fe:a9fe::]", .linkLocal),
            ("[2002:a00:1::]", .other), ("[2003:7f00:1::1]", .other), ("[64:ff9b:1::a9fe:a9fe]", .linkLocal),
            ("[::ffff:0:a9fe:a9fe]", .linkLocal), ("[2001:0:a00:1:0:0:5601:5601]", .linkLocal),
            ("[2001:db8::5efe:a9fe:a9fe]", .linkLocal), ("[2001:db8::200:5efe:a9fe:a9fe]", .linkLocal),
            ("[2001:db8::a9fe:a9fe]", .other),
        ] as [(String, RegistryHost.Reach)]
    )
    func knowsWhatItReaches(typed: String, reach: RegistryHost.Reach) throws {
        #expect(try RegistryHost(parsing: typed).reach == reach)
    }
}
