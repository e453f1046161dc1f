using Poll;

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddTPacketServer().UseSqlite().AddRules<PollRules>("*", command: 256);
var app = builder.Build();
app.UseFileServer();
app.MapTPacket("/rooms");
await app.RunAsync();
