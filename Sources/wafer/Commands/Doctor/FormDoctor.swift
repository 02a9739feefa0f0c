import CVMFS
import Conversion
import Plumbing
import State

/// Looks for what `cvmfs_server` cannot work on in the storage of a repository that it manages. It reads every catalog.
struct FormDoctor {
    let registration: RepositoryRegistration
    let opener: RepositoryOpener

    func examine() async -> [DoctorCheck] {
        do {
            let reader = try await opener.reading(registration).reader
            let forms = try await onDedicatedThread("read \(registration.fqrn)") {
                try PublishedForms(of: try reader.tree())
            }
            return [hardLinks(forms), markers(forms)]
        } catch {
            return [.failed("hard links", ErrorText.describe(error))]
        }
    }

    private func hardLinks(_ forms: PublishedForms) -> DoctorCheck {
        guard forms.linkedNames > 0 else { return .ok("hard links", "there are none") }
        return .warning(
            "hard links",
            "\(Counted.text(forms.linkedNames, "name")) in hard-link groups: cvmfs_server publish panics when it removes or "
                + "changes such a file",
            remedy: remedy("--hard-links split")
        )
    }

    private func markers(_ forms: PublishedForms) -> DoctorCheck {
        guard forms.hiddenMarkers > 0 else { return .ok("markers", "none is hidden") }
        return .warning(
            "markers",
            "\(Counted.text(forms.hiddenMarkers, "marker")) of catalogs hidden: cvmfs_server leaves rows behind when it "
                + "removes such a directory",
            remedy: remedy("--markers visible")
        )
    }

    private func remedy(_ option: String) -> String {
        let fqrn = registration.fqrn
        let owner =
            registration.isWrittenByServer
            ? "as the repository's owner `wafer repository attach \(fqrn) --publisher native`, then " : ""
        return "\(owner)`wafer repository set \(fqrn) \(option)`"
    }
}
