using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using TPacket.Samples;
using TPacket.Server;

namespace WebChat;

/// <summary>The app: the page, the list of rooms and the rooms, on one port.</summary>
internal static class ChatApp
{
    // Allows only the app's own files, and makes browsers reject HTML that scripts create from text.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static WebApplication Build(string[] args)
    {
        // Finds settings and page beside the program, from any working directory.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = HostProgram.ReadOnce(args), ContentRootPath = AppContext.BaseDirectory });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ChatJson.Default));
        var chat = builder.Services.AddTPacketServer().UseNickPolicy<ChatNickPolicy>();
        // An empty path stores rooms in memory.
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

    /// <summary>
    /// Creates a socket for Kestrel. On Linux, accepted connections inherit its options, so the settings limit the system's send and receive buffers.
    /// </summary>
    internal static Socket CreateListenSocket(EndPoint endPoint, int sendBufferBytes, int receiveBufferBytes)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (sendBufferBytes > 0)
            socket.SendBufferSize = sendBufferBytes;
        if (receiveBufferBytes > 0)
            socket.ReceiveBufferSize = receiveBufferBytes;
        return socket;
    }

    /// <summary>Returns the default path of the rooms' file, in the app's folder of the user's application data. Creates the folder.</summary>
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
        // Browsers revalidate cached files.
        headers.CacheControl = "no-cache";
        return next(context);
    }
}
