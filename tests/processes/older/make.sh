#!/bin/sh
# Makes the stores of this directory with a `duban` of an older edition: make.sh DUBAN NAME.
# NAME.clean.tar.gz is a store whose server ended in good order, NAME.killed.tar.gz one whose server was killed (-9).
# In both, what that edition says of each case is in `told/`: `ID.show.json` and `ID.explain.json`.
set -eu
duban=$(realpath "$1") name=$2 out=$(dirname "$(realpath "$0")")
work=$(mktemp -d) && cd "$work"
mkdir place && cd place
printf 'correct-horse-battery\n' > ../password
"$duban" init --store data > /dev/null 2>&1 || true # the oldest editions make a store when they first need one
for who in 'shouli intake' 'paiqian dispatcher' 'zhiban duty-chief'; do
    set -- $who
    "$duban" person add "$1" --role "$2" --password-file ../password --store data > /dev/null
done
"$duban" person add huanwei --role unit-staff --unit SW --password-file ../password --store data > /dev/null
"$duban" serve --store data --listen 127.0.0.1:0 > ../log 2>&1 &
server=$!
trap 'kill -9 $server 2> /dev/null || true' EXIT
until grep -q http:// ../log; do sleep 0.1; done
case_() { "$duban" case "$@" --store data > ../said || { cat ../said; exit 1; }; }
desk='--on-behalf-of SW'
PLACE=115.8372,38.4322 # in the first cell of the shipped rules
# Each case goes as far as the word says.
for far in registered validating declined awaiting-dispatch dispatched handling supervised returning returned \
    verifying reworked awaiting-closing closed; do
    case_ register --by shouli --channel leadership --source L --external-id "$far" --text '井盖松动' \
        --place "$PLACE"
    id=$(sed 's/:.*//' ../said)
    echo "$id $far" >> cases
    case $far in registered) continue ;; validating) case_ validate "$id" --by shouli; continue ;;
    declined) case_ decline "$id" --by shouli --reason 'duplicate'; continue ;; esac
    case_ file "$id" --by shouli --condition part-01-01-2 --checked --reason '领导指派'
    [ $far = awaiting-dispatch ] && continue
    case_ dispatch "$id" --by paiqian --unit SW
    [ $far = dispatched ] && continue
    case_ receive "$id" --by huanwei
    [ $far = handling ] && continue
    case $far in
    supervised) case_ order-supervision "$id" --by zhiban --kind leader --text '今日办结'; continue ;;
    returning) case_ return "$id" --by huanwei --reason '不属本单位'; continue ;;
    returned) case_ return "$id" --by huanwei --reason '不属本单位'
        case_ decide-return "$id" --by zhiban --decision refuse --reason '手册第 12 条'; continue ;;
    esac
    case_ order-supervision "$id" --by zhiban --kind important --text '今日办结'
    case_ feedback "$id" --by paiqian $desk --result '已更换井盖'
    [ $far = verifying ] && continue
    if [ $far = reworked ]; then
        case_ verify "$id" --by zhiban --outcome failed --note '仍松动' --waiver '电话核实'; continue
    fi
    case_ verify "$id" --by zhiban --outcome passed --waiver '电话核实'
    [ $far = awaiting-closing ] && continue
    case_ close "$id" --by zhiban
done
mkdir told
while read -r id far; do
    "$duban" case show "$id" --format json --store data > "told/$id.show.json"
    "$duban" case explain "$id" --format json --store data > "told/$id.explain.json"
done < cases
packed() { tar --sort=name --owner=0 --group=0 -cz data told cases > "$out/$name.$1.tar.gz"; }
kill -9 $server; wait $server || true
rm -rf data/control
packed killed
"$duban" serve --store data --listen 127.0.0.1:0 > ../log 2>&1 &
server=$!
trap 'kill -9 $server 2> /dev/null || true' EXIT
until grep -q http:// ../log; do sleep 0.1; done
kill -TERM $server; wait $server || true
packed clean
rm -rf "$work"
