#!/usr/bin/env python3
"""The pages say what is there: quoted code equals its file, links lead somewhere, error reasons are complete."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))

# [words](target), but no pictures and no code.
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def anchors(page):
    """The anchors that GitHub and GitLab make of a page's headings."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for heading in re.findall(r"^#+ +(.+)$", text, re.MULTILINE):
        words = re.sub(r"[^\w\- ]", "", heading.lower().replace("`", ""))
        yield words.replace(" ", "-")


def dead_links(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue  # outside; nobody asks the network in a test
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            yield f"{page.relative_to(ROOT)}: {target}"


class ReadmeTest(unittest.TestCase):
    def test_example_is_quoted_as_it_is_compiled(self):
        source = (ROOT / "docs/examples/sign_document.cc").read_text(encoding="utf-8")
        self.assertIn(f"```cpp\n{source}```\n", (ROOT / "README.md").read_text(encoding="utf-8"))

    def test_every_reason_is_in_the_table_of_errors(self):
        code = (ROOT / "common/reason.cc").read_text(encoding="utf-8")
        reasons = re.findall(r'Row\{Reason::k\w+, "([A-Z_]+)"', code)
        self.assertGreater(len(reasons), 20)
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        self.assertEqual([reason for reason in reasons if f"`{reason}`" not in readme], [])

    def test_every_metric_is_in_operations(self):
        code = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "server").glob("*.cc")))
        metrics = set(re.findall(r'"(enkrat_[a-z_]+)"', code))
        self.assertGreater(len(metrics), 10)
        page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
        self.assertEqual(sorted(name for name in metrics if f"`{name}`" not in page), [])


class LinkTest(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        self.assertEqual([dead for page in PAGES for dead in dead_links(page)], [])

    def test_every_table_has_a_head(self):
        """Rows behind an empty line are no table: readers see the bars."""
        rows = []
        for page in PAGES:
            lines = [""] + FENCE.sub("", page.read_text(encoding="utf-8")).splitlines() + [""]
            for before, row, after in zip(lines, lines[1:], lines[2:]):
                if row.startswith("|") and not before.startswith("|") and not re.match(r"\|[-:| ]+$", after):
                    rows.append(f"{page.relative_to(ROOT)}: {row[:60]}")
        self.assertEqual(rows, [])

    def test_every_page_is_reached_from_the_index(self):
        index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
        pages = [page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")]
        self.assertEqual([page for page in sorted(pages) if page != "index.md" and f"({page})" not in index], [])


class NamesTest(unittest.TestCase):
    def test_tests_that_pages_name_exist(self):
        source = "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests").rglob("*_test.cc")))
        there = {f"{suite}.{name}" for suite, name in re.findall(r"^\w*TEST\w*\((\w+),\s*(\w+)\)", source, re.MULTILINE)}
        missing = []
        for page in PAGES:
            for name in re.findall(r"`([A-Z]\w+\.[A-Z]\w+)`", page.read_text(encoding="utf-8")):
                if name not in there and "Service." not in name:  # SigningService.Sign is a method
                    missing.append(f"{page.relative_to(ROOT)}: {name}")
        self.assertEqual(missing, [])

    def test_source_files_that_pages_name_exist(self):
        folders = "common|hsm|idp_client|http_client|ca|tsa|ades|store|signer|server|cli|proto|tests|tools|bench|fuzz|config"
        name = re.compile(rf"`((?:{folders})/[\w/]+\.(?:h|cc|proto|py|sh|yaml|md))`")
        missing = []
        for page in PAGES:
            for path in name.findall(page.read_text(encoding="utf-8")):
                if not (ROOT / path).exists():
                    missing.append(f"{page.relative_to(ROOT)}: {path}")
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
