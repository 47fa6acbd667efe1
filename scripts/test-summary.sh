#!/usr/bin/env bash
# Sums up the reports of Surefire and Failsafe under the current directory: counts per module, then
# each failure by name. Exit status 1 when a test failed or none ran.
set -euo pipefail
shopt -s nullglob

reports=(*/target/{surefire,failsafe}-reports/TEST-*.xml)
if ((${#reports[@]} == 0)); then
    echo 'No test ran.'
    exit 1
fi

# The elements <testcase name= classname= time=>, <failure>, <error>, <skipped> each begin a line.
exec awk '
    function attribute(key,    from) {
        if (!match($0, " " key "=\"[^\"]*\"")) return ""
        from = RSTART + length(key) + 3
        return substr($0, from, RSTART + RLENGTH - 1 - from)
    }
    function plain(text) {
        gsub(/(&#10;| )+/, " ", text)
        gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text)
        gsub(/&quot;/, "\"", text); gsub(/&apos;/, "\047", text); gsub(/&amp;/, "\\&", text)
        return text
    }
    FNR == 1 {
        split(FILENAME, path, "/")
        module = path[1]
        kind = path[3] ~ /^failsafe/ ? "integration" : "unit"
        if (!(module in seen)) { seen[module]; modules[++n] = module }
    }
    /^ *<testcase / {
        test = attribute("classname") "." attribute("name")
        count[module, kind]++; total[kind]++
        seconds[module] += attribute("time"); total["seconds"] += attribute("time")
    }
    /^ *<(failure|error)[ >]/ {
        bad[module]++; total["bad"]++
        failures = failures "  " test ": " substr(plain(attribute("message")), 1, 300) "\n"
    }
    /^ *<skipped[ \/>]/ { skipped[module]++; total["skipped"]++ }
    END {
        form = "%-20s %6s %12s %7s %8s %8s\n"
        printf form, "Tests", "unit", "integration", "failed", "skipped", "seconds"
        for (i = 1; i <= n; i++) {
            m = modules[i]
            printf form, m, count[m, "unit"] + 0, count[m, "integration"] + 0, bad[m] + 0,
                skipped[m] + 0, sprintf("%.1f", seconds[m])
        }
        printf form, "total", total["unit"] + 0, total["integration"] + 0, total["bad"] + 0,
            total["skipped"] + 0, sprintf("%.1f", total["seconds"])
        if (total["bad"]) printf "Failed:\n%s", failures
        exit total["bad"] || !(total["unit"] + total["integration"])
    }' "${reports[@]}"
