using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using TPacket.Samples;

namespace SignIn;

/// <summary>The page, the accounts and rooms for authenticated users, on one port.</summary>
internal static class SignInApp
{
    // Allows only the app's own files, and makes browsers reject HTML that scripts create from text.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Builds the app.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="prepare">Changes services before the app is built. Used by tests.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? prepare = null)
    {
        // Finds settings and page beside the program, from any working directory.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = HostProgram.ReadOnce(args), ContentRootPath = AppContext.BaseDirectory });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SignInJson.Default));
        // ASP.NET Core logs each request with its query, which may contain a token.
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
        // Stores the keys that protect the cookies in the configured folder, or else in the framework's.
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
                // Browsers do not send the cookie with requests of other sites. By default, scripts cannot read it.
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
        // Browsers revalidate cached files and do not store tokens.
        headers.CacheControl = context.Request.Method == HttpMethods.Get ? "no-cache" : "no-store";
        return next(context);
    }
}
