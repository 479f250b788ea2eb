"""The browser tests' own tool: Chinese is drawn in a Chinese font."""


def test_chinese_is_drawn_in_a_chinese_font(page):
    page.set_content("<p style='font-family: \"Noto Sans SC\", monospace'>会员服务</p>")

    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": "p"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]

    # Of a variable font, the name is that of its lightest weight.
    assert [font["familyName"] for font in fonts] == ["Noto Sans SC Thin"]
