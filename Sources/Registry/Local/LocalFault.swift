/// What is wrong with a local image's files; ``LocalImage`` says of which image.
struct LocalFault: Error {
    let code: RegistryError.Code
    let detail: String
    let nextStep: String?

    init(_ code: RegistryError.Code, _ detail: String, nextStep: String? = nil) {
        self.code = code
        self.detail = detail
        self.nextStep = nextStep
    }
}
