// Says so when mail has come in since the list was drawn. Without it, reload the page.
const news = document.querySelector("[data-total]");

async function look() {
  const answer = await fetch("/count").catch(() => null);
  if (!answer) return;
  const fresh = Number(await answer.text()) - Number(news.dataset.total);
  news.hidden = fresh <= 0;
  news.textContent = `有 ${fresh} 封新邮件，点此查看`;
}

if (news) setInterval(look, 3000);
