// A SignalR hub with groups, for TPacket.Compare. The argument is the Redis of the backplane, as host:port; without it the hub has none.
// The system picks the port, and the program writes it to the standard output.
using System.Net;
using TPacket.SignalR;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
var signalR = builder.Services.AddSignalR().AddMessagePackProtocol();
if (args is [var redis])
    signalR.AddStackExchangeRedis(redis);
await using var app = builder.Build();
app.MapHub<RoomHub>("/hub");
await app.StartAsync();
Console.WriteLine($"Listening on {new Uri(app.Urls.Single()).Authority}.");
await app.WaitForShutdownAsync();
