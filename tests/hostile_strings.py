"""Text that has hurt programs which print, show, log or open what others wrote."""

from __future__ import annotations

from collections.abc import Mapping

#: What it tries -> the text.
STRINGS: Mapping[str, str] = {
    # runners of CI systems
    "github command": "::error file=x,line=1::owned",
    "github command behind blanks": " \t ::add-mask::the",
    "github command on a new line": "x\n::set-output name=a::b",
    "github command behind line separators": "x\u2028::stop-commands::a\u2029::debug::b\x85::c::d",
    "github command behind a carriage return": "x\r::error::y",
    "github command of old": "##[error]x ##[group]y ###[set-env name=A]b",
    "azure command": "##vso[task.setvariable variable=A]b ##VSO[task.complete result=Succeeded;]x",
    "azure property": "a;b]c##vso[task.complete]",
    "teamcity command": "##teamcity[buildStatus status='SUCCESS'] ##TeamCity[x]",
    "escapes of commands": "%0A::error::x %25 %3A%3A %AZP25 %5D;",
    "gitlab section": "section_start:1560896352:my_section\r\x1b[0Kowned",
    # terminals
    "terminal title": "\x1b]0;owned\x07",
    "terminal link": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "terminal colours and cursor": "\x1b[31mred\x1b[2J\x1b[1;1H",
    "terminal colours in C1": "\x9b31mred\x9d0;owned\x9c\x90q\x9c",
    "bell, backspace and delete": "a\x07b\x08c\x7fd\x00e",
    "a line written over": "bad\rgood",
    # markup
    "script": "<script>alert(1)</script>",
    "closing an attribute": "\"'><img src=x onerror=alert(1)>",
    "closing CDATA and comments": "]]><!-- x --><![CDATA[ --> <!-- ctpat-policy -->",
    "closing a table and details": "</td></tr></table></details><h1>owned",
    "entities": "&lt;b&gt; &#60;b&#62; &amp; &nbsp; &bogus; &xxe;",
    "a document type": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "a processing instruction": '<?xml version="1.0"?><?php system(1) ?>',
    # Markdown and what forges make of it
    "links": "[click](javascript:alert(1)) [a]: https://evil.example <https://evil.example>",
    "images": "![x](https://evil.example/track.png) ![a][b]",
    "bare links": "https://evil.example www.evil.example mailto:a@b.example",
    "mentions": "@octocat @org/team cc @all",
    "references": "#1 GH-12 org/repo#3 !4 ~bug %milestone 0123456789abcdef0123456789abcdef01234567",
    "headings, lists and rules": "# a\n- b\n1. c\n---\n===\n> d\n\n    e",
    "emphasis and tables": "**a** _b_ ~~c~~ | d | e \\| f \\\\| g |",
    "quick actions": "/approve\n/merge\n/assign @me",
    "emoji and formulas of forges": ":rocket: $\\alpha$ $$x$$ `$y$` $`z`$",
    "alerts and mermaid": "> [!CAUTION]\n```mermaid\ngraph TD\n```",
    "one back-tick": "`",
    "back-ticks of many lengths": "` `` ``` ```` `a``b```c````d````` ``````",
    "back-ticks at both ends": "``` a ```",
    "backslashes": "\\ \\\\ \\` \\\\` \\| \\n \\x1b \\",
    # spreadsheets
    "formula": "=cmd|'/C calc'!A0",
    "formulas of other signs": "+1+1",
    "formula at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "formula minus": "-2+3+cmd|' /C calc'!A0\",\"x",
    "formula behind a tab": "\t=1+1",
    "formula of full width": "\uff1d1+1 \uff0b\uff0d\uff20",
    # templates
    "github expression": "${{ secrets.GITHUB_TOKEN }} ${{ github.event.issue.title }}",
    "jinja and format": "{{ 7*7 }} {% raw %} {0} {x!r} %s %(a)s ${HOME} $(id) `id`",
    "sarif links and arguments": "[x](1) [y](https://evil.example) {0} {12}",
    # text that deceives
    "bidirectional": "\u202etxt.exe \u2066a\u2069 \u200f\u061c",
    "zero width and fillers": "a\u200bb\ufeffc\u2060d\u3164e\u00adf",
    "tags and selectors": "a\U000e0041\U000e0042 \U000e0100 \ufe00",
    "surrogates": "\ud800 \udfff \ud83d\udcc1 \udcff",
    "no characters at all": "\ufffe\uffff\ufdd0\U0001ffff",
    "blanks of all kinds": " \u00a0 \u2003 \u3000 \t ",
    "combining": "Z" + "\u0351\u036b" * 60,
    # too much
    "a long word": "x" * 6_000,
    "many lines": "line\n" * 1_000,
    "many brackets": "[" * 2_000 + "(" * 2_000 + "<" * 2_000,
    "many stars": "*_`~" * 1_500,
    "a path": "../../../etc/passwd //host/share C:\\x file:///etc/passwd",
}
