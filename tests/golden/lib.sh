# What golden cases share.

alstrack() {
    "$ALSTRACK" "$@"
}

# A small study in study.db, and the files that examples name, in the folder where we are.
# Three patients of one treatment each; P01 has two visits, P03 has died.
make_study() {
    cp "$ROOT/samples/protocols/bioinova-nct03828123.yaml" protocol.yaml
    export ALSTRACK_DB=study.db
    quietly alstrack init study.db --protocol protocol.yaml
    cat >patients.csv <<'END'
patient,site,sex,birth_date,height_cm,arm,cohort,onset_site
P01,PRG,M,1960-04-01,178,,1,spinal
P02,PRG,F,1955,162.5,,1,bulbar
P03,PRG,M,1949-11,170,,1,
END
    cat >events.csv <<'END'
patient,event,date,value,unit,note
P01,consent,2023-09-01,,,
P01,infusion,2024-03-04,15e6,cells,
P02,consent,2023-10-02,,,
P03,consent,2023-10-09,,,
P03,death,2024-02-11,,,
END
    cat >alsfrs.csv <<'END'
patient,visit,date,speech,salivation,swallowing,handwriting,cutting,dressing,turning,walking,stairs,breathing
P01,SCR,2023-09-05,4,4,4,3,3,3,4,3,2,4
P01,D0,2024-03-04,4,4,4,3,2,3,3,3,2,4
P02,SCR,2023-10-05,2,3,3,4,4,4,4,4,4,4
END
    cat >fvc.csv <<'END'
patient,visit,date,litres,percent
P01,SCR,2023-09-05,3.10,78
P02,SCR,2023-10-05,2.20,88
END
    for kind in patients events alsfrs fvc; do
        quietly alstrack import $kind $kind.csv
    done
    quietly alstrack ae add P01 1 --term cystitis --onset 2024-03-10 --grade 2 --visit D1
    sed -e 's/^version: "1.0"/version: "1.1"/' -e 's/Visit X$/Visit X, last/' protocol.yaml >amended.yaml
    cat >own.yaml <<'END'
instrument: own
title: A scale of the site's own
short_title: Own
version: "1"
citation: none
licence: none
direction: higher is better
main_score: total
items:
  - {code: one, label: First, choices: {0: no, 1: yes}}
  - {code: two, label: Second, choices: {0: no, 1: yes}}
scores:
  - {code: total, label: Sum, unit: points, sum: [one, two]}
END
}

# A user of every role, all with the password in password.txt, and a session of the admin.
# Call it after make_study.
make_users() {
    export XDG_RUNTIME_DIR=$PWD/run
    mkdir run
    echo 'correct horse' >password.txt
    add_user() {
        quietly alstrack user add "$1" --role "$2" --full-name "$3" \
            --new-password-file password.txt ${4:-}
    }
    add_user root admin 'Rosa Root'
    quietly alstrack login --user root --password-file password.txt
    add_user dora data-manager 'Dora Data'
    add_user cora coordinator 'Cora Koor' '--site PRG'
    add_user mona monitor 'Mona Moni'
    add_user stan statistician 'Stan Stat'
    add_user rea read-only 'Rea Read'
}

# Run silently; what went wrong is shown and ends the case.
quietly() {
    "$@" >quietly.txt 2>&1 || {
        code=$?
        echo "setting up failed ($code): $*" >&2
        cat quietly.txt >&2
        exit 99
    }
    rm quietly.txt
}

# The command line, what it prints (messages first) and its exit code, all on standard output.
try() {
    echo "\$ alstrack $*"
    "$ALSTRACK" "$@" 2>&1
    echo "[$?]"
}

# The same without its messages.
data() {
    echo "\$ alstrack $*"
    "$ALSTRACK" "$@" 2>/dev/null
    echo "[$?]"
}

# As `try`, but as another user, for whom permissions count.
try_as_nobody() {
    echo "\$ alstrack $*"
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$ALSTRACK" "$@" 2>&1
    else
        "$ALSTRACK" "$@" 2>&1
    fi
    echo "[$?]"
}

# What SQLite itself sees in the study; for tampering, too.
sql() {
    python3 - "$@" <<'END'
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    for row in connection.execute(statement):
        print(*row, sep="|")
END
}
