#!/bin/sh
# Answers the windows of the bridge from a file, one line each, and writes down what they say. `@cancel`, `@timeout` and
# `@no` are answers of a person; `@eject PIN` takes all tokens away first.
folder=$(dirname "$0")
echo OK
while read -r line; do
    printf '%s\n' "$line" >> "$folder/heard"
    case $line in
    GETPIN* | CONFIRM*)
        answer=$(head -n 1 "$folder/answers")
        sed -i 1d "$folder/answers"
        case $answer in
        @cancel) echo 'ERR 83886179 cancelled' ;;
        @timeout) echo 'ERR 83886142 timeout' ;;
        @no) echo 'ERR 83886194 not confirmed' ;;
        @crash) exit 3 ;;
        @yes | @empty) echo OK ;;
        @eject*)
            rm -r "$folder/tokens"
            mkdir "$folder/tokens"
            printf 'D %s\nOK\n' "${answer#@eject }"
            ;;
        *) printf 'D %s\nOK\n' "$answer" ;;
        esac
        ;;
    BYE*)
        echo OK
        exit
        ;;
    *) echo OK ;;
    esac
done
