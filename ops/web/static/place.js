// Puts the position of the device into a field for a place, where somebody asks for it; without a script it is typed.

for (const field of document.querySelectorAll("input[data-place]")) {
  if (!navigator.geolocation) continue;
  const button = document.createElement("button");
  const said = document.createElement("p");
  button.type = "button";
  button.className = "quiet here";
  button.textContent = "用当前位置";
  said.className = "hint";
  said.setAttribute("role", "status");
  button.addEventListener("click", () => {
    said.textContent = "正在定位…";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.longitude.toFixed(6)},${coords.latitude.toFixed(6)}`;
        said.textContent = `已填入,误差约 ${Math.round(coords.accuracy)} 米`;
      },
      () => { said.textContent = "无法定位,请手工填写经度和纬度"; },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
  field.after(button, said);
}
