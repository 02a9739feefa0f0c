/// The part of `wafer --help` that the argument parser cannot know.
enum HelpText {
    /// Written for 80 columns.
    static let program = """
        Pulls an image from a registry, stores its layers in a CVMFS repository, where
        thousands of machines read them file by file, and pushes a thin image: a few
        kilobytes that name those layers. You add a desiderata (input image, output
        image, repository); wafer converts the image, and again when it changes.

        A FIRST SESSION:
          wafer init
          wafer add-user --username foo --registry docker.foo.bar.com
          wafer repository create cd.cern.ch --storage /srv/cvmfs/cd.cern.ch
          wafer add-desiderata --repository cd.cern.ch --user-output foo \\
            --input-image https://registry.hub.docker.com/library/redis:4 \\
            --output-image https://docker.foo.bar.com/thin/redis:4
          wafer status
          wafer loop

        FILES:
          docker2cvmfs_archive.sqlite      the state database, in the current folder
          ~/.config/wafer/credentials.key  the key of the stored passwords
          ~/.config/wafer/keys/            the keys of repositories
          ~/.config/wafer/hosts.yaml       how registries are reached: docs/hosts.md
          STORAGE                          a repository's objects: serve this folder
          STORAGE.wafer                    its workspace: never serve that one

        Back up the database and both kinds of keys, the keys apart from the database.

        ENVIRONMENT:
          WAFER_DATABASE   another state database
          WAFER_KEY_FILE   another key of the stored passwords
          WAFER_REGISTRY_… credentials, see wafer credentials --help
          WAFER_HOSTS      another hosts.yaml
          HTTP_PROXY, HTTPS_PROXY, NO_PROXY
                           the way to registries
          XDG_CONFIG_HOME  the place of the wafer folder, instead of ~/.config

        EXIT STATUS:
          0   done, or up to date
          1   nothing could be done
          3   some or all images failed
          64  usage error
          141 nobody reads the output
        """
}
