"""The verification of a Python token manager: FastAPI, SQLAlchemy's asyncio session on asyncpg, a row for each token.

Run by uvicorn, a worker for each core; DATABASE_URL is the database. Like the founding document's manager it keeps the SHA-256 of a token as 64
hexadecimal digits and asks for that row each time.
"""

import hashlib
import os
from datetime import datetime

from fastapi import FastAPI, Header, Response
from sqlalchemy import ARRAY, String, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(os.environ["DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://"))
session = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI(openapi_url=None)


class Base(DeclarativeBase):
    pass


class Token(Base):
    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    team_id: Mapped[str] = mapped_column(String(50))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String))
    expires_at: Mapped[datetime | None]
    is_active: Mapped[bool]


@app.get("/verify")
async def verify(authorization: str = Header(default="")) -> Response:
    digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
    async with session() as database:
        token = (await database.execute(select(Token).where(Token.token_hash == digest))).scalar_one_or_none()
    if token is None or not token.is_active or (token.expires_at and token.expires_at <= datetime.utcnow()):
        return Response(status_code=401)
    headers = {"x-token-id": str(token.id), "x-team-id": token.team_id, "x-token-scopes": " ".join(token.scopes)}
    return Response(status_code=204, headers=headers)
