using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace SignIn;

/// <summary>Issues JSON Web Tokens (RFC 7519) that live for seconds, and says which ones are valid. The key is drawn at the start; several servers share one.</summary>
internal sealed class TokenIssuer
{
    private const string Name = "SignIn";

    private readonly JsonWebTokenHandler _handler = new();
    private readonly SigningCredentials _credentials = new(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)), SecurityAlgorithms.HmacSha256);
    private readonly TimeSpan _lifetime;
    private readonly TimeProvider _timeProvider;

    public TokenIssuer(IOptions<TokenOptions> options, TimeProvider timeProvider)
    {
        _lifetime = options.Value.Lifetime;
        _timeProvider = timeProvider;
        Validation = new TokenValidationParameters
        {
            ValidIssuer = Name,
            ValidAudience = Name,
            IssuerSigningKey = _credentials.Key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            NameClaimType = AccountClaim.Name,
            RoleClaimType = AccountClaim.Role,
            // By default a token is accepted for five minutes after it has expired.
            ClockSkew = TimeSpan.Zero,
            LifetimeValidator = (notBefore, expires, _, _) => timeProvider.GetUtcNow().UtcDateTime is var now && notBefore <= now && now < expires,
        };
    }

    /// <summary>Which tokens are valid.</summary>
    public TokenValidationParameters Validation { get; }

    /// <summary>Issues a token for an account.</summary>
    /// <param name="account">The principal that has signed in.</param>
    public string Issue(ClaimsPrincipal account)
    {
        var now = _timeProvider.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Name,
            Audience = Name,
            Subject = new ClaimsIdentity(account.Claims),
            IssuedAt = now,
            NotBefore = now,
            Expires = now + _lifetime,
            SigningCredentials = _credentials,
        });
    }
}
