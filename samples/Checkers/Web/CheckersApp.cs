using Checkers.Games;
using TPacket.Samples;
using TPacket.Server;

namespace Checkers.Web;

/// <summary>The app: the page, the list of games and the games, on one port.</summary>
internal static class CheckersApp
{
    // Allows only the app's own files, and makes browsers reject HTML that scripts create from text.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>The time controls of the queues, in minutes and seconds per move. The page has the same list.</summary>
    private static readonly (int Minutes, int Seconds)[] _queues = [(1, 0), (3, 2), (5, 3), (10, 5), (15, 10)];

    public static WebApplication Build(string[] args)
    {
        // Finds settings and page beside the program, from any working directory.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = HostProgram.ReadOnce(args), ContentRootPath = AppContext.BaseDirectory });
        builder.Services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WebJson.Default));
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MaxRequestBodySize = PdnEndpoint.MaxBytes);
        var server = builder.Services.AddTPacketServer()
            .AddGame<CheckersGame>(GameRooms.All)
            .AddMatchmaking(GameRooms.Lobby, static options =>
            {
                foreach (var (minutes, seconds) in _queues)
                    options.Games.Add(GameRooms.Queue(minutes, seconds));
            })
            .AddRoomObserver<GameRooms>()
            .AddRoomObserver<GameListObserver>();
        UseStore(server, builder.Configuration);
        builder.Services.AddSingleton<GameList>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<GameList>());

        var app = builder.Build();
        app.Use(Protect);
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapGet("/games", static (GameList games) => games.ToView());
        app.MapGet("/games/{room}/{number:int}", static (string room, int number, GameList games) =>
            games.Find(room, number) is { } pdn ? Results.Ok(PdnEndpoint.Read(pdn)) : Results.NotFound());
        app.MapPost("/pdn", PdnEndpoint.ReadAsync);
        app.MapTPacket("/play");
        return app;
    }

    /// <summary>Stores rooms on Redis if a setting names one, or else in a file. An empty path keeps them in memory.</summary>
    private static void UseStore(ITPacketServerBuilder server, ConfigurationManager settings)
    {
        var path = settings[$"{SqliteOptions.SectionName}:{nameof(SqliteOptions.Path)}"];
        if (!string.IsNullOrEmpty(settings[$"{RedisOptions.SectionName}:{nameof(RedisOptions.Configuration)}"]))
            server.UseRedis();
        else if (path is not { Length: 0 })
            server.UseSqlite(options => options.Path = path ?? DataFile());
    }

    /// <summary>Returns the default path of the rooms' file, in the app's folder of the user's application data. Creates the folder.</summary>
    private static string DataFile()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(Directory.CreateDirectory(Path.Combine(data.Length > 0 ? data : AppContext.BaseDirectory, "TPacket.Checkers")).FullName, "checkers.db");
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
