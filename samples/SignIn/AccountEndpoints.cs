using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using TPacket.Server;

namespace SignIn;

/// <summary>Endpoints that sign accounts in and out and issue tokens.</summary>
internal static class AccountEndpoints
{
    public static void MapAccount(this WebApplication app)
    {
        // The endpoint accepts only JSON, which a form of another site cannot send. Therefore another site cannot sign a user in.
        app.MapPost("/sign-in", SignInAsync);
        app.MapPost("/sign-out", SignOutAsync).RequireAuthorization(SignInPolicy.Cookie).DisableCookieRedirect();
        app.MapGet("/me", Me).RequireAuthorization(SignInPolicy.Cookie).DisableCookieRedirect();
        app.MapPost("/token", IssueToken).RequireAuthorization(SignInPolicy.Cookie).DisableCookieRedirect();
    }

    private static async Task<Results<Ok<SignedIn>, UnauthorizedHttpResult>> SignInAsync(Credentials credentials, AccountDirectory accounts, HttpContext context)
    {
        if (accounts.Find(credentials.Name, credentials.Password) is not { } account)
            return TypedResults.Unauthorized();
        await context.SignInAsync(account);
        return TypedResults.Ok(new SignedIn(credentials.Name));
    }

    private static async Task<NoContent> SignOutAsync(HttpContext context, IUserDirectory users)
    {
        await context.SignOutAsync();
        // Authorization applies only when a client connects. Therefore the account's open connections and away users are disconnected here.
        foreach (var user in users.Users.Where(user => user.Nick == context.User.Identity!.Name))
            user.Disconnect("Signed out.");
        return TypedResults.NoContent();
    }

    private static Ok<SignedIn> Me(HttpContext context) => TypedResults.Ok(new SignedIn(context.User.Identity!.Name!));

    private static Ok<IssuedToken> IssueToken(HttpContext context, TokenIssuer tokens) => TypedResults.Ok(new IssuedToken(tokens.Issue(context.User)));
}
