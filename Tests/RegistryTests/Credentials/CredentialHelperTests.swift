import Foundation
import Registry
import Testing

/// `docker-credential-NAME` as child processes.
@Suite(.timeLimit(.minutes(5))) struct CredentialHelperTests {
    let folder: CredentialFolder

    init() throws {
        folder = try CredentialFolder()
    }

    private static let answer = #"""
        echo "$@" >>"$HOME/arguments"; cat >>"$HOME/input"; echo >>"$HOME/input"
        echo '{"ServerURL":"x","Username":"ann","Secret":"hush"}'
        """#

    @Test func getsTheHostOnItsInputAndNothingElse() async throws {
        try folder.helper("one", Self.answer)
        try folder.helper("all", Self.answer.replacing("ann", with: "<token>"))
        try folder.write(".docker/config.json", #"{"credHelpers":{"q.io":"one"},"credsStore":"all"}"#)
        let one = try await folder.find("q.io", "a")
        #expect(one?.username == "ann")
        #expect(one?.kind == .password)
        let place = #"credHelpers["q.io"] in \#(folder.path)/.docker/config.json"#
        #expect(one?.source == "docker-credential-one (\(place))")
        let all = try await folder.find("docker.io", "a")
        #expect(all?.kind == .identityToken)
        _ = try await folder.find("reg.example.org:5000", "a")
        #expect(try folder.text("arguments") == "get\nget\nget\n")
        #expect(try folder.text("input") == "q.io\nhttps://index.docker.io/v1/\nreg.example.org:5000\n")
    }

    @Test(arguments: [(#"a:b","Secret":"hush"#, "have a \":\""), (#"ann","Secret":"hush\u0000"#, "control characters")])
    func whatCannotBeSentIsRefused(answer: String, words: String) async throws {
        try folder.helper("bad", "printf '%s' '{\"Username\":\"\(answer)\"}'")
        try folder.write(".docker/config.json", #"{"credsStore":"bad"}"#)
        await folder.refuse("q.io", "docker-credential-bad (credsStore in \(folder.path)", words)
    }

    @Test func theyComeBeforeWhatTheFileHolds() async throws {
        try folder.helper("one", Self.answer)
        let auth = Data("bob:hush".utf8).base64EncodedString()
        for member in [#""credHelpers":{"q.io":"one"}"#, #""credsStore":"one""#] {
            try folder.write(".docker/config.json", #"{\#(member),"auths":{"q.io":{"auth":"\#(auth)"}}}"#)
            #expect(try await folder.find("q.io", "a")?.username == "ann")
        }
    }

    @Test func oneThatHasNothingLeavesItToTheNext() async throws {
        try folder.helper("none", "echo 'credentials not found in native keychain'; exit 1")
        let auth = Data("bob:hush".utf8).base64EncodedString()
        try folder.write(
            ".docker/config.json",
            #"{"credHelpers":{"q.io":"none"},"credsStore":"none","auths":{"q.io":{"auth":"\#(auth)"}}}"#
        )
        #expect(try await folder.find("q.io", "a")?.username == "bob")
        #expect(try await folder.find("other.io", "a") == nil)
    }

    @Test func isNotAskedForEachRequest() async throws {
        try folder.helper("one", Self.answer)
        try folder.write(".docker/config.json", #"{"credsStore":"one"}"#)
        let ambient = CredentialProvider(environment: ["HOME": folder.path, "PATH": "\(folder.path)/bin:/usr/bin:/bin"])
        try await withThrowingTaskGroup { group in
            for number in 0..<20 {
                group.addTask {
                    let found = try await ambient.credentials(for: "q.io", repository: "a/\(number)")
                    #expect(found?.username == "ann")
                }
            }
            try await group.waitForAll()
        }
        #expect(try folder.text("arguments") == "get\n")
    }

    @Test(
        arguments: [
            ("exit 3", "failed (exited(3))"), ("echo hush; echo hush >&2; exit 1", "failed"), ("echo hush", "not JSON"),
            (#"echo '{"Username":"hush"}'"#, "Secret is missing"), ("echo '[\"hush\"]'", "must be an object"),
            ("kill -9 $$", "failed"), ("cat /dev/zero", "cannot run"),
        ]
    )
    func whatGoesWrongNamesItAndShowsNothingOfIt(script: String, words: String) async throws {
        try folder.helper("bad", script)
        try folder.write(".docker/config.json", #"{"credsStore":"bad"}"#)
        await folder.refuse("q.io", "docker-credential-bad (credsStore in \(folder.path)", words)
    }

    @Test func oneThatHangsIsEnded() async throws {
        try folder.helper("slow", "sleep 500")
        try folder.write(".docker/config.json", #"{"credsStore":"slow"}"#)
        let start = ContinuousClock.now
        await folder.refuse("q.io", "docker-credential-slow", "did not answer within", timeout: .milliseconds(300))
        #expect(ContinuousClock.now - start < .seconds(120))
    }
}
