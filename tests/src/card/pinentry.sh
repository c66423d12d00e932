#!/bin/bash
# A window for the PIN that answers by itself (the Assuan protocol over standard input and output). Beside it are the file
# `answers`, one a line, taken from the top, and `said`, where everything goes that the window would show.
#
#   @cancel  the person closes the window          @no     they refuse a question
#   @timeout nobody is there                       @crash  the program ends
#   @yes     they agree to a question              @wait   nobody answers, and nobody gives up
#   anything else is typed as the PIN
#
# Without an answer it waits, too.
folder=$(dirname "$(readlink -f "$0")")

next() {
    exec 9>"$folder/lock"
    flock 9
    answer=@wait
    if [ -s "$folder/answers" ]; then
        IFS= read -r answer <"$folder/answers"
        sed -i 1d "$folder/answers"
    fi
    exec 9>&-
}

escaped() {
    local text=${1//%/%25}
    printf '%s' "${text//$'\n'/%0A}"
}

respond() {
    next
    case $answer in
    # As real windows do, it outlives who started it; not for ever, though.
    @wait) printf 'waiting %s\n' $$ >>"$folder/said"; exec sleep 300 ;;
    @cancel) echo 'ERR 83886179 Operation cancelled <Pinentry>' ;;
    @timeout) echo 'ERR 83886142 Timeout <Pinentry>' ;;
    @no) echo 'ERR 83886194 Not confirmed <Pinentry>' ;;
    @crash) exit 3 ;;
    @yes) echo OK ;;
    '') echo OK ;;
    *) echo "D $(escaped "$answer")"; echo OK ;;
    esac
}

echo "OK Pleased to meet you, process $$"
while IFS= read -r line; do
    printf '%s\n' "$line" >>"$folder/said"
    case $line in
    GETPIN* | CONFIRM* | MESSAGE*) respond ;;
    BYE*) echo 'OK closing connection'; exit 0 ;;
    *) echo OK ;;
    esac
done
