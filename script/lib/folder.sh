# shellcheck shell=bash
# The one folder that quickstart works below. Source it after common.sh.
#
#   .wafer-quickstart   the mark: without it, a folder that holds something is not touched
#   image/              the image made of Debian's packages, kept between runs
#   session/            everything of one run, made anew by the next
#
# Sets: folder, session.

mark=.wafer-quickstart

# Makes the folder ours or refuses it, and keeps a second quickstart out.
claim_folder() {
    folder=$1
    [[ ! -L $folder ]] || die "$folder is a symbolic link" "Choose another: WAFER_QUICKSTART_DIR=FOLDER."
    (umask 077 && mkdir -p "$folder")
    [[ -O $folder ]] || die "$folder belongs to somebody else" "Choose another: WAFER_QUICKSTART_DIR=FOLDER."
    if [[ ! -f $folder/$mark && -n $(ls -A "$folder") ]]; then
        die "$folder is not empty and was not made by quickstart" "Choose another: WAFER_QUICKSTART_DIR=FOLDER."
    fi
    folder=$(cd "$folder" && pwd)
    exec 9>>"$folder/$mark"
    flock --nonblock 9 || die "another quickstart is at work in $folder"
    [[ -s $folder/$mark ]] || echo "Made by script/quickstart of Wafer, which replaces what lies here." >"$folder/$mark"
}

# Throws away what the last run left, except for the image.
begin_session() {
    session=$folder/session
    rm -rf --one-file-system -- "$session" ||
        die "cannot remove what the last run left" "Is something mounted below it? umount $session/mount"
    mkdir "$session"
    cd "$session" || exit
}
