using Poll;
using TPacket.Server;

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddTPacketServer().UseSqlite().AddRules<PollRules>("*", command: 256);
var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapTPacket("/rooms");
await app.RunAsync();
