using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using TPacket.Samples;
using TPacket.Server;

namespace WebChat;

/// <summary>The page, the list of rooms and the rooms themselves, on one port.</summary>
internal static class ChatApp
{
    // Nothing comes from elsewhere, nothing runs that is not a file of the app, and text that is made into HTML is an error of the browser's.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static WebApplication Build(string[] args)
    {
        // Settings and page lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = HostProgram.ReadOnce(args), ContentRootPath = AppContext.BaseDirectory });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ChatJson.Default));
        var chat = builder.Services.AddTPacketServer().UseNickPolicy<ChatNickPolicy>();
        // An empty path keeps rooms in memory.
        var path = builder.Configuration[$"{SqliteOptions.SectionName}:{nameof(SqliteOptions.Path)}"];
        if (path is not { Length: 0 })
            chat.UseSqlite(options => options.Path = path ?? DataFile());
        builder.Services.AddOptions<SocketTransportOptions>().Configure<IOptions<TPacketServerOptions>>(static (sockets, rooms) =>
            sockets.CreateBoundListenSocket = endPoint => CreateListenSocket(endPoint, rooms.Value.SendBufferBytes, rooms.Value.ReceiveBufferBytes));

        var app = builder.Build();
        app.Use(Protect);
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapGet("/rooms", RoomSummary.List);
        app.MapTPacket("/chat");
        return app;
    }

    /// <summary>Creates a socket for Kestrel. On Linux the connections that it accepts begin with its options, so the system buffers no more for a browser, or of one, than the settings say.</summary>
    internal static Socket CreateListenSocket(EndPoint endPoint, int sendBufferBytes, int receiveBufferBytes)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (sendBufferBytes > 0)
            socket.SendBufferSize = sendBufferBytes;
        if (receiveBufferBytes > 0)
            socket.ReceiveBufferSize = receiveBufferBytes;
        return socket;
    }

    /// <summary>The file of the rooms in the app's own folder of the user's data, which is created.</summary>
    private static string DataFile()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(Directory.CreateDirectory(Path.Combine(data.Length > 0 ? data : AppContext.BaseDirectory, "TPacket.WebChat")).FullName, "chat.db");
    }

    private static Task Protect(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // A browser asks whether a file is another than the one that it has.
        headers.CacheControl = "no-cache";
        return next(context);
    }
}
