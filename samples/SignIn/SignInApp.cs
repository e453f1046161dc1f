using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using TPacket.Samples;

namespace SignIn;

/// <summary>The page, the accounts, and rooms for those who are signed in, on one port.</summary>
internal static class SignInApp
{
    // Nothing comes from elsewhere, nothing runs that is not a file of the app, and text that is made into HTML is an error of the browser's.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Builds the app.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="prepare">Changes services before the app is built, for tests.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? prepare = null)
    {
        // Settings and page lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = HostProgram.ReadOnce(args), ContentRootPath = AppContext.BaseDirectory });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SignInJson.Default));
        // ASP.NET Core logs each request with its query, and a query may have a token.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        AddAccounts(builder);
        builder.Services.AddTPacketServer()
            .UseHandshakePolicy<SubprotocolPolicy>()
            .UseNickPolicy<AccountNickPolicy>()
            .AddFilter<StaffRoomFilter>(inline: true);
        prepare?.Invoke(builder);

        var app = builder.Build();
        app.Use(Protect);
        app.UseFileServer();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapAccount();
        app.MapTPacket("/chat").RequireAuthorization(SignInPolicy.Cookie);
        app.MapTPacket("/token-chat").RequireAuthorization(SignInPolicy.Token);
        return app;
    }

    private static void AddAccounts(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        // The keys that protect the cookies: where the framework keeps them, unless there is a setting.
        if (builder.Configuration["KeysPath"] is { Length: > 0 } path)
            services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(path));
        services.AddOptions<AccountOptions>().BindConfiguration("");
        services.AddOptions<TokenOptions>().BindConfiguration("Tokens")
            .Validate(static tokens => tokens.Lifetime > TimeSpan.Zero, "Tokens:Lifetime has to be above zero.")
            .ValidateOnStart();
        services.AddSingleton<AccountDirectory>();
        services.AddSingleton(static app => new TokenIssuer(app.GetRequiredService<IOptions<TokenOptions>>(), TimeProvider.System));

        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(static options =>
            {
                options.Cookie.Name = "sign-in";
                // Pages of other sites cannot act for the user; scripts cannot read the cookie, which is the default.
                options.Cookie.SameSite = SameSiteMode.Strict;
            })
            .AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<TokenIssuer>(static (options, tokens) =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = tokens.Validation;
            options.Events = new JwtBearerEvents { OnMessageReceived = BearerToken.TakeAsync };
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(SignInPolicy.Cookie, static policy => policy.AddAuthenticationSchemes(CookieAuthenticationDefaults.AuthenticationScheme).RequireAuthenticatedUser())
            .AddPolicy(SignInPolicy.Token, static policy => policy.AddAuthenticationSchemes(JwtBearerDefaults.AuthenticationScheme).RequireAuthenticatedUser())
            .AddPolicy(SignInPolicy.Staff, static policy => policy.RequireRole("staff"));
    }

    private static Task Protect(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // A browser asks whether a file is another than the one that it has, and keeps no token.
        headers.CacheControl = context.Request.Method == HttpMethods.Get ? "no-cache" : "no-store";
        return next(context);
    }
}
