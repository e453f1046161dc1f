// A SignalR hub with groups, for TPacket.Compare. The optional argument is the Redis of the backplane, as host:port.
// The system chooses the port, and the program prints it.
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
