# shellcheck shell=bash
# What docs/architecture.md says of targets, folders and files, as checks. For sourcing; prints what does not hold.

# The picture: which targets of ours the files of a target may import.
declare -A may_import=(
    [Plumbing]="CBzip2 CISAL CLZMA CLibdeflate CLinux COpenSSL CZlib CZstd"
    [OCI]="Plumbing"
    [Recipes]="OCI Plumbing"
    [Registry]="OCI Plumbing CLinux"
    [Layers]="OCI Plumbing"
    [CVMFS]="Plumbing CLinux COpenSSL CSQLite"
    [StockServer]="CVMFS Plumbing CLinux"
    [State]="Plumbing"
    [Conversion]="Recipes Registry Layers CVMFS StockServer State OCI Plumbing CLinux"
    [Terminal]="Plumbing"
    [wafer]="Conversion Terminal Recipes Registry Layers CVMFS StockServer State OCI Plumbing"
    [TestSupport]="CVMFS OCI Plumbing"
)

# The executable parses, calls and prints: Conversion opens repositories and makes publishers for it.
opened_elsewhere='\b(LocalObjectStore|HTTPObjectStore|RepositoryReader|Repository|NativePublisher|ServerPublisher|ServerCommand|MountReader|StorageReader)\('

largest_folder=20
longest_file=400

# Prints each import that the picture forbids.
forbidden_imports() {
    local target file line name
    for target in Sources/*/; do
        target=$(basename "$target")
        if [[ -z ${may_import[$target]+known} ]]; then
            [[ -f Sources/$target/module.modulemap ]] || echo "Sources/$target is a target that script/lib/house.sh does not know"
            continue
        fi
        while IFS=: read -r file line name; do
            name=${name##*import }
            [[ -d Sources/$name && " ${may_import[$target]} " != *" $name "* ]] || continue
            echo "$file:$line: $target must not import $name (docs/architecture.md, Targets)"
        done < <(grep -rnE '^(package |public |internal |@preconcurrency )*import ' "Sources/$target" --include='*.swift')
    done
    grep -rnE "$opened_elsewhere" Sources/wafer --include='*.swift' |
        sed 's/^\([^:]*:[0-9]*\):.*/\1: the executable opens nothing itself: RepositoryOpener does/' || true
}

# Prints each folder and file that is too large to be read like a table of contents.
overgrown() {
    local folder count
    while read -r folder; do
        count=$(find "$folder" -maxdepth 1 -name '*.swift' | wc -l)
        ((count <= largest_folder)) || echo "$folder has $count files: more than $largest_folder are no table of contents"
    done < <(find Sources Tests -type d)
    find Sources Tests -name '*.swift' -print0 | xargs -0 wc -l |
        awk -v longest="$longest_file" '$2 != "total" && $1 > longest { print $2 " has " $1 " lines: more than " longest " tell more than one thing" }'
}
